package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pogo.Eventually;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.ThreadKind;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * What the README says that an interrupt stops: the scope of a task that waits for a server which
 * never answers can be left.
 */
class InterruptTest {
    enum Wait {
        FUTURE,
        HTTP_CLIENT,
        CHANNEL,
        SOCKET
    }

    @ParameterizedTest
    @EnumSource
    void virtualThread_isStopped(Wait wait) throws Exception {
        assertStopped(wait, ThreadKind.VIRTUAL);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SOCKET")
    void platformThread_isStopped(Wait wait) throws Exception {
        assertStopped(wait, ThreadKind.PLATFORM);
    }

    private static void assertStopped(Wait wait, ThreadKind threads) throws Exception {
        PogoRuntimeImpl runtime =
                Runtimes.start(
                        PogoConfig.defaults()
                                .withPool(PoolConfig.named("default").withThreads(threads)));
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket mute = new ServerSocket(0, 50, here);
                HttpClient client = HttpClient.newHttpClient()) {
            mute.setSoTimeout(20_000);
            InetSocketAddress server = new InetSocketAddress(here, mute.getLocalPort());
            TaskImpl<?> task;
            Socket accepted;
            try (PogoScopeImpl scope = runtime.open()) {
                task = scope.spawn(work(wait, server, client));
                accepted = wait == Wait.FUTURE ? new Socket() : mute.accept();
                // A platform thread does not show that it waits in a channel.
                if (wait != Wait.CHANNEL || threads == ThreadKind.VIRTUAL) {
                    Eventually.isParked(Objects.requireNonNull(task.liveThread()));
                }
            }
            accepted.close();
            assertEquals(Task.State.CANCELLED, task.state());
            assertEquals(0, runtime.pool("default").load().running());
        }
    }

    private static Callable<Object> work(Wait wait, InetSocketAddress server, HttpClient client) {
        return switch (wait) {
            case FUTURE -> new CompletableFuture<>()::get;
            case HTTP_CLIENT -> () -> get(server, client);
            case CHANNEL ->
                    () -> {
                        try (SocketChannel channel = SocketChannel.open(server)) {
                            return channel.read(ByteBuffer.allocate(1));
                        }
                    };
            case SOCKET ->
                    () -> {
                        try (Socket socket = new Socket()) {
                            socket.connect(server);
                            return socket.getInputStream().read();
                        }
                    };
        };
    }

    private static String get(InetSocketAddress server, HttpClient client)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.getPort());
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
}
