package dev.pogo.samples.jobs;

import dev.pogo.Job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A job that computes. */
public final class Sha256 implements Job<Sha256.Text, Sha256.Digest> {
    /**
     * What to hash.
     *
     * @param value the text
     */
    public record Text(String value) {}

    /**
     * The hash.
     *
     * @param value the text
     * @param sha256 the SHA-256 of its UTF-8 bytes, in hexadecimal
     */
    public record Digest(String value, String sha256) {}

    @Override
    public Digest handle(Text args) throws NoSuchAlgorithmException {
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(args.value().getBytes(StandardCharsets.UTF_8));
        return new Digest(args.value(), HexFormat.of().formatHex(digest));
    }
}
