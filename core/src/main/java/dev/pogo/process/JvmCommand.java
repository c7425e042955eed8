package dev.pogo.process;

import org.jspecify.annotations.Nullable;

import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command that starts a JVM that runs {@link JvmWorker} and finds the same classes as this one:
 * by the same class path, and with the same modules by the same module path. In Spring Boot's
 * executable jar the class path has only that jar, and the classes are in jars inside it. There the
 * command starts the launcher from the same jar that runs a class of one's choice.
 */
final class JvmCommand {
    private static final String MAIN = JvmWorker.class.getName();

    /** Packages of Spring Boot's launchers, which the loaders they create are in as well. */
    private static final String SPRING_LAUNCHERS = "org.springframework.boot.loader.";

    /** Where Spring Boot's launcher of chosen classes looks, in an executable jar but in no war. */
    private static final String SPRING_CONTENT = "BOOT-INF/";

    /**
     * What chooses the class in that launcher, so what this JVM's launcher was told is left out.
     */
    private static final Set<String> SPRING_MAIN = Set.of("loader.main", "loader.args");

    private JvmCommand() {}

    /**
     * Returns why no other JVM can be started like this one, or null if it can. The text is the
     * rest of a sentence that begins with {@code true}.
     */
    static @Nullable String obstacle() {
        ClassLoader mine = JvmCommand.class.getClassLoader();
        return isOfTheJvm(mine) || springLauncher(mine) != null
                ? null
                : "needs Pogo on this JVM's class path or module path, or in Spring Boot's"
                        + " executable jar, but it was loaded by "
                        + mine
                        + "; name a command that says where the classes are, like [\"java\","
                        + " \"-cp\", \"app/lib/*\", \""
                        + MAIN
                        + "\"]";
    }

    /** Returns the command, derived from what this JVM was started with. */
    static List<String> likeThis() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Several JVMs share the processors; none should take half of them to collect garbage.
        command.add("-XX:+UseSerialGC");
        // Omitted if it is empty, since -cp "" would stand for the working directory.
        String classPath = System.getProperty("java.class.path", "");
        addOption(command, "--class-path", classPath.isEmpty() ? null : classPath);
        String launcher = springLauncher(JvmCommand.class.getClassLoader());
        if (launcher == null) {
            addMain(command);
        } else {
            addMain(command, launcher);
        }
        return command;
    }

    private static void addMain(List<String> command) {
        String modulePath = System.getProperty("jdk.module.path");
        addOption(command, "--module-path", modulePath);
        addOption(command, "--upgrade-module-path", System.getProperty("jdk.module.upgrade.path"));
        Module mine = JvmWorker.class.getModule();
        if (mine.isNamed() || modulePath != null) {
            addOption(command, "--add-modules", modules());
        }
        command.addAll(
                mine.isNamed() ? List.of("--module", mine.getName() + "/" + MAIN) : List.of(MAIN));
    }

    /** Passes on where this JVM's launcher was told to look for further classes. */
    private static void addMain(List<String> command, String springLauncher) {
        for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (name.startsWith("loader.") && !SPRING_MAIN.contains(name)) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.add("-Dloader.main=" + MAIN);
        command.add(springLauncher);
    }

    /** Returns whether a loader is one that each JVM has. */
    private static boolean isOfTheJvm(@Nullable ClassLoader loader) {
        return Stream.iterate(
                        ClassLoader.getSystemClassLoader(),
                        Objects::nonNull,
                        ClassLoader::getParent)
                .anyMatch(other -> other == loader);
    }

    /**
     * Returns the launcher of chosen classes that stands in the same jar as the launcher that
     * created the loader, or null if there is none or it would not find Pogo.
     */
    private static @Nullable String springLauncher(@Nullable ClassLoader loader) {
        if (loader == null || !loader.getClass().getName().startsWith(SPRING_LAUNCHERS)) {
            return null;
        }
        Class<?> type = loader.getClass();
        String launcher = type.getPackageName() + ".PropertiesLauncher";
        URL pogo = JvmCommand.class.getResource("JvmCommand.class");
        return isOfTheJvm(type.getClassLoader())
                        && type.getResource("PropertiesLauncher.class") != null
                        && pogo != null
                        && pogo.toString().contains(SPRING_CONTENT)
                ? launcher
                : null;
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
