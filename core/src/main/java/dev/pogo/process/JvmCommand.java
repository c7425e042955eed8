package dev.pogo.process;

import dev.pogo.InvalidConfigException;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command that starts a JVM that runs {@link JvmWorker} and finds the same classes as this one:
 * by the same class path, and with the same modules by the same module path.
 */
final class JvmCommand {
    private static final String MAIN = JvmWorker.class.getName();

    private JvmCommand() {}

    /**
     * Returns the command, derived from what this JVM was started with.
     *
     * @throws InvalidConfigException if Pogo was loaded in a way that another JVM cannot repeat
     */
    static List<String> likeThis() {
        ensureLoadedByTheJvm();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Several JVMs share the processors; none should take half of them to collect garbage.
        command.add("-XX:+UseSerialGC");
        // Omitted if it is empty, since -cp "" would stand for the working directory.
        String classPath = System.getProperty("java.class.path", "");
        addOption(command, "--class-path", classPath.isEmpty() ? null : classPath);
        String modulePath = System.getProperty("jdk.module.path");
        addOption(command, "--module-path", modulePath);
        addOption(command, "--upgrade-module-path", System.getProperty("jdk.module.upgrade.path"));
        Module mine = JvmWorker.class.getModule();
        if (mine.isNamed() || modulePath != null) {
            addOption(command, "--add-modules", modules());
        }
        command.addAll(
                mine.isNamed() ? List.of("--module", mine.getName() + "/" + MAIN) : List.of(MAIN));
        return command;
    }

    /**
     * Ensures that another JVM can load Pogo too. It knows no loaders that a server or a program's
     * own launcher has created.
     */
    private static void ensureLoadedByTheJvm() {
        ClassLoader mine = JvmCommand.class.getClassLoader();
        ClassLoader system = ClassLoader.getSystemClassLoader();
        if (Stream.iterate(system, Objects::nonNull, ClassLoader::getParent)
                .noneMatch(loader -> loader == mine)) {
            throw new InvalidConfigException(
                    "ProcessWorkers",
                    "jvm",
                    "true",
                    "needs Pogo on this JVM's class path or module path, but it was loaded by "
                            + mine
                            + "; name a command that runs "
                            + MAIN,
                    null);
        }
    }

    private static void addOption(List<String> command, String name, @Nullable String value) {
        if (value != null) {
            command.add(name);
            command.add(value);
        }
    }

    /**
     * Returns the modules of this JVM, not all on the path: one that is not needed here may lack
     * something there.
     */
    private static String modules() {
        return ModuleLayer.boot().modules().stream()
                .map(Module::getName)
                .sorted()
                .collect(Collectors.joining(","));
    }
}
