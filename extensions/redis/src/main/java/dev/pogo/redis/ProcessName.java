package dev.pogo.remote;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** Names of callers and hosts. */
final class ProcessName {
    private ProcessName() {}

    /** Returns a name that no other caller or host has: machine, process and a random part. */
    static String unique() {
        return unique(machine());
    }

    /** Returns a name that no other caller or host has, and that begins with the given one. */
    static String unique(String name) {
        return "%s-%d-%06x"
                .formatted(
                        name,
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextInt(1 << 24));
    }

    static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^\\w.-]", "_");
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
