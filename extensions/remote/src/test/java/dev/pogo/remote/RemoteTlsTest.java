package dev.pogo.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.PogoConfig;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.PoolConfig;
import dev.pogo.TaskFailedException;
import dev.pogo.testing.ChildJvm;
import dev.pogo.testing.RedisExtension;
import dev.pogo.testing.RedisServer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A server that is reached by TLS. */
@ExtendWith(RedisExtension.class)
class RemoteTlsTest {
    private static final int DONE = 0;
    private static final int REFUSED = 3;

    private static final Pattern UNTRUSTED =
            Pattern.compile("trust anchors|No name matching|No subject alternative");

    /** Runs a job over a server, in a process of its own, which has a trust store of its own. */
    static final class Program {
        public static void main(String[] args) throws InterruptedException {
            PogoConfig host =
                    PogoConfig.defaults()
                            .withJobs(List.of("dev.pogo.remote.*"))
                            .withPool(HostConfig.serving(PoolConfig.named("work"), Fleet.QUEUE));
            PogoConfig caller =
                    PogoConfig.defaults()
                            .withPool(
                                    PoolConfig.named(Fleet.POOL)
                                            .withWorker(RemoteWorkers.redis(args[0], Fleet.QUEUE)));
            int status = REFUSED;
            try (JobHost running = JobHost.start(host, HostConfig.redis(args[0]));
                    PogoRuntime runtime = PogoRuntime.start(caller);
                    PogoScope scope = runtime.open()) {
                scope.spawn(Fleet.POOL, Jobs.Echo.class, 1).await(Fleet.LONG);
                status = running.stats().getFirst().done() == 1 ? DONE : 4;
            } catch (TaskFailedException e) {
                System.out.println(e.getMessage());
                status = UNTRUSTED.matcher(String.valueOf(e.getMessage())).find() ? REFUSED : 5;
            }
            System.exit(status);
        }
    }

    @TempDir private Path folder;

    private int port;
    private List<String> options = List.of();

    @BeforeEach
    void makeCertificates() throws IOException, InterruptedException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        makeCertificate("server");
        makeCertificate("stranger");
        options =
                List.of(
                        "--tls-port",
                        Integer.toString(port),
                        "--tls-cert-file",
                        folder.resolve("server.pem").toString(),
                        "--tls-key-file",
                        folder.resolve("server.key").toString(),
                        "--tls-ca-cert-file",
                        folder.resolve("server.pem").toString(),
                        "--tls-auth-clients",
                        "no");
    }

    /** Makes a key, a certificate of localhost, and a trust store that has it. */
    private void makeCertificate(String name) throws IOException, InterruptedException {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                folder.resolve(name + ".key").toString(),
                "-out",
                folder.resolve(name + ".pem").toString(),
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-importcert",
                "-noprompt",
                "-alias",
                "redis",
                "-file",
                folder.resolve(name + ".pem").toString(),
                "-keystore",
                folder.resolve(name + ".p12").toString(),
                "-storepass",
                "changeit");
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("output").toFile())
                        .start();
        assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), () -> String.join(" ", command));
    }

    private int status(String host, String trusted) {
        List<String> jvm =
                List.of(
                        "-Djavax.net.ssl.trustStore=" + folder.resolve(trusted + ".p12"),
                        "-Djavax.net.ssl.trustStorePassword=changeit");
        String url = "rediss://" + host + ":" + port;
        try (ChildJvm program = ChildJvm.start(List.of(), jvm, Program.class, url)) {
            return program.status();
        }
    }

    @Test
    void certificate_thatIsTrustedAndOfTheHost_isRequired() {
        try (RedisServer server = RedisServer.start(options.toArray(String[]::new))) {
            assertEquals(DONE, status("localhost", "server"), server::toString);
            assertEquals(REFUSED, status("localhost", "stranger"));
            assertEquals(REFUSED, status("127.0.0.1", "server"), "it is of localhost only");
        }
    }
}
