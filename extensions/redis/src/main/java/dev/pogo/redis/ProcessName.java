package dev.pogo.redis;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/** Names by which processes tell themselves apart. */
public final class ProcessName {
    private ProcessName() {}

    /**
     * Returns a name that no other process has.
     *
     * @return machine, process id and a random part
     */
    public static String unique() {
        return unique(machine());
    }

    /**
     * Returns a name that no other process has.
     *
     * @param name what it begins with
     * @return that name, process id and a random part
     */
    public static String unique(String name) {
        return "%s-%d-%06x"
                .formatted(
                        name,
                        ProcessHandle.current().pid(),
                        ThreadLocalRandom.current().nextInt(1 << 24));
    }

    /**
     * Returns the name of the machine.
     *
     * @return letters, digits, dots, hyphens and underscores
     */
    public static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^\\w.-]", "_");
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
