package dev.pogo.samples.jobs;

import dev.pogo.Job;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A job that takes its time, and says who has done it. */
public final class Render implements Job<Render.Page, Render.Rendered> {
    /** The system property that names the job host which is in this process. */
    public static final String HOST_PROPERTY = "pogo.samples.host";

    /**
     * What to render.
     *
     * @param number the number of the page
     * @param millis how long that takes
     */
    public record Page(int number, long millis) {}

    /**
     * A page.
     *
     * @param host who has rendered it: a job host, or a process that is none
     * @param sha256 the SHA-256 of the page's number in decimal, in hexadecimal
     */
    public record Rendered(String host, String sha256) {}

    @Override
    public Rendered handle(Page page) throws InterruptedException, NoSuchAlgorithmException {
        Thread.sleep(page.millis());
        byte[] digest =
                MessageDigest.getInstance("SHA-256")
                        .digest(
                                Integer.toString(page.number())
                                        .getBytes(StandardCharsets.US_ASCII));
        return new Rendered(
                System.getProperty(HOST_PROPERTY, "process " + ProcessHandle.current().pid()),
                HexFormat.of().formatHex(digest));
    }
}
