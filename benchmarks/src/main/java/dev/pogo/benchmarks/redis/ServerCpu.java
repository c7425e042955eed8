package dev.pogo.benchmarks.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

import java.util.Locale;

/** How much CPU time the server has used, over a connection of its own. */
final class ServerCpu implements AutoCloseable {
    private final Connection connection;

    ServerCpu(int port) {
        connection = JedisConnections.open(port);
    }

    double micros() {
        connection.sendCommand(Command.INFO, "cpu");
        String info = connection.getBulkReply();
        return 1e6 * (field(info, "used_cpu_user:") + field(info, "used_cpu_sys:"));
    }

    private static double field(String info, String name) {
        return info.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        connection.close();
    }
}
