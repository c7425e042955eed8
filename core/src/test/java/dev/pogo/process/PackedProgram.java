package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.pogo.Pogo;

import org.slf4j.Logger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * A program that is packed with Pogo into one jar, as Spring Boot's plugins do it: the classes are
 * in a folder of the jar where no JVM finds them, and a launcher in the jar creates a loader that
 * does. The launchers here stand in for Spring Boot's and have their names.
 */
final class PackedProgram {
    private static final String PACKAGE = "org.springframework.boot.loader.launch";

    /** Runs the class that the manifest names. */
    private static final String JAR_LAUNCHER =
            """
            package org.springframework.boot.loader.launch;
            public class JarLauncher {
                public static void main(String[] args) throws Exception {
                    LaunchedClassLoader.run(LaunchedClassLoader.attribute("Start-Class"), args);
                }
            }
            """;

    /** Runs the class that a property names. */
    private static final String PROPERTIES_LAUNCHER =
            """
            package org.springframework.boot.loader.launch;
            public class PropertiesLauncher {
                public static void main(String[] args) throws Exception {
                    LaunchedClassLoader.run(System.getProperty("loader.main"), args);
                }
            }
            """;

    private static final String LOADER =
            """
            package org.springframework.boot.loader.launch;
            import java.net.*;
            import java.util.*;
            import java.util.jar.JarFile;
            public class LaunchedClassLoader extends URLClassLoader {
                private LaunchedClassLoader(URL[] urls) {
                    super(urls, ClassLoader.getPlatformClassLoader());
                }
                static String attribute(String name) throws Exception {
                    try (JarFile jar = new JarFile(System.getProperty("java.class.path"))) {
                        return jar.getManifest().getMainAttributes().getValue(name);
                    }
                }
                static void run(String main, String[] args) throws Exception {
                    List<URL> urls = new ArrayList<>();
                    for (String url : attribute("Urls").split(" ")) {
                        urls.add(new URI(url).toURL());
                    }
                    ClassLoader loader = new LaunchedClassLoader(urls.toArray(URL[]::new));
                    Thread.currentThread().setContextClassLoader(loader);
                    loader.loadClass(main).getMethod("main", String[].class).invoke(null, (Object) args);
                }
            }
            """;

    private final Path folder;
    private final Path jar;

    /**
     * Packs it.
     *
     * @param folder where its files may be, an empty one
     * @param content the folder of the jar that has the classes
     * @param main the class of the tests that is the program; its package is packed
     */
    PackedProgram(Path folder, String content, Class<?> main) throws IOException {
        this.folder = folder;
        this.jar = folder.resolve("app.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, PACKAGE + ".JarLauncher");
        attributes.putValue("Start-Class", main.getName());
        attributes.putValue(
                "Urls",
                "jar:%s!/%s/classes/ %s"
                        .formatted(jar.toUri(), content, String.join(" ", libraries())));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            Path launchers = compileLaunchers();
            add(out, launchers, launchers, "");
            add(out, place(Pogo.class), place(Pogo.class), content + "/classes/");
            Path tests = place(main);
            add(
                    out,
                    tests,
                    tests.resolve(main.getPackageName().replace('.', '/')),
                    content + "/classes/");
        }
    }

    private Path compileLaunchers() throws IOException {
        Path classes = folder.resolve("launchers");
        List<String> command = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        for (String source : List.of(JAR_LAUNCHER, PROPERTIES_LAUNCHER, LOADER)) {
            String name = source.replaceFirst("(?s).*?public class (\\w+).*", "$1");
            command.add(Files.writeString(folder.resolve(name + ".java"), source).toString());
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, errors, command.toArray(String[]::new));
        assertEquals(0, status, () -> errors.toString(StandardCharsets.UTF_8));
        return classes;
    }

    private static List<String> libraries() {
        return Stream.of(Logger.class, ObjectMapper.class, JsonFactory.class, JsonProperty.class)
                .map(one -> place(one).toUri().toString())
                .toList();
    }

    private static void add(JarOutputStream out, Path root, Path part, String prefix)
            throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(part)) {
            files = walk.filter(Files::isRegularFile).collect(Collectors.toList());
        }
        for (Path file : files) {
            out.putNextEntry(new JarEntry(prefix + root.relativize(file)));
            Files.copy(file, out);
            out.closeEntry();
        }
    }

    /** Where a class was loaded from. */
    private static Path place(Class<?> one) {
        try {
            return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Runs it, in its folder.
     *
     * @return what it writes to its standard output
     */
    String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.add("-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
        command.addAll(List.of("-Dslf4j.internal.verbosity=WARN", "-jar"));
        command.add(jar.getFileName().toString());
        Path out = folder.resolve("out.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the program does not end");
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
