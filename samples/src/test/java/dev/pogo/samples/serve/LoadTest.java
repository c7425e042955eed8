package dev.pogo.samples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.samples.Main;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class LoadTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void load_usersWhoGiveUp_leaveNothingRunning() throws Exception {
        try (Demo demo = Demo.started()) {
            String url = demo.request("/sleep?ms=20&tasks=2").uri().toString();
            int status =
                    run(
                            "--url=" + url,
                            "--concurrency=20",
                            "--seconds=1",
                            "--cancel-rate=0.5",
                            "--cancel-within=30ms",
                            "--seed=7");
            assertEquals(0, status, out::toString);
            String[] lines = out.toString().split("\\R", -1);
            assertEquals("20 users for 1 s, --seed 7", lines[0]);
            assertTrue(lines[1].matches("200 +[1-9][\\d,]*"), out::toString);
            assertTrue(lines[2].matches("cancelled +[1-9][\\d,]*"), out::toString);
            assertTrue(lines[3].matches("errors +0"), out::toString);
            assertTrue(lines[4].matches("latency of the answered: p50 [1-9].*"), out::toString);
            assertTrue(lines[5].matches("\\d+\\.\\d requests per second, for .*"), out::toString);
            demo.awaitIdle();
        }
    }

    @Test
    void load_wrongCall_isRefused() {
        assertRefused("--cancel-rate must be from 0 to 1, but is 2.0", "--cancel-rate=2");
        assertRefused("--concurrency must be from 1 to 10000, but is 0", "--concurrency=0");
        assertRefused("--seconds must be from 1 to 3600, but is -1", "--seconds=-1");
        assertRefused("--cancel-within must be more than zero", "--cancel-within=0s");
        assertRefused("'ftp://localhost' is not an http URL", "--url=ftp://localhost");
        assertRefused(
                "'http://192.0.2.1/' is not a server on this machine", "--url=http://192.0.2.1/");
    }

    private void assertRefused(String why, String argument) {
        err.getBuffer().setLength(0);
        assertEquals(2, run(argument));
        assertEquals("samples load: " + why + System.lineSeparator(), err.toString());
    }

    private int run(String... arguments) {
        String[] call = new String[arguments.length + 1];
        call[0] = "load";
        System.arraycopy(arguments, 0, call, 1, arguments.length);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), call);
    }
}
