package dev.pogo.benchmarks.measure;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/** What a Redis server says of itself, over a connection of its own. */
public final class ServerWatch implements AutoCloseable {
    private final Connection connection;
    private final long pid;

    /**
     * Connects.
     *
     * @param port that of the server
     */
    public ServerWatch(int port) {
        connection = new Connection("127.0.0.1", port);
        pid = Traffic.number(info("server"), "process_id:");
    }

    private String info(String section) {
        connection.sendCommand(Command.INFO, section);
        return connection.getBulkReply();
    }

    long pid() {
        return pid;
    }

    /**
     * Returns what the server has done until now.
     *
     * @return the commands and bytes
     */
    public Traffic traffic() {
        return Traffic.of(info("all"));
    }

    /**
     * Returns the memory that the server's data has.
     *
     * @return the number of bytes
     */
    public long memory() {
        return Traffic.number(info("memory"), "used_memory:");
    }

    @Override
    public void close() {
        connection.close();
    }
}
