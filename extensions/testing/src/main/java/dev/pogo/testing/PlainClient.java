package dev.pogo.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Sends single commands without a client library. */
final class PlainClient {
    private static final int TIMEOUT_MILLIS = 10_000;

    private PlainClient() {}

    /**
     * The first line of the answer to a command of words without blanks, for example {@code +PONG}.
     *
     * @throws IOException if nobody answers, within 10 seconds if somebody accepts the connection
     */
    static String ask(int port, String command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            String line =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))
                            .readLine();
            if (line == null) {
                throw new IOException("port " + port + " has closed the connection");
            }
            return line;
        }
    }
}
