package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * A program that is a module, {@code acme}, with Pogo as another one, and on the module path
 * nothing beside it but what Pogo needs at run time.
 */
public final class ModuleProgram {
    private static final String SEPARATOR = System.getProperty("path.separator");

    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();
    private String modulePath;

    /**
     * Compiles it.
     *
     * @param folder where its files may be, an empty one
     * @param directives what its descriptor says beside that it requires Pogo
     * @param sources the texts of its classes by their paths, as in {@code acme/Page.java}
     */
    public ModuleProgram(Path folder, String directives, Map<String, String> sources)
            throws IOException {
        this.folder = folder;
        this.modulePath = needed();
        Map<String, String> all = new TreeMap<>(sources);
        all.put("module-info.java", "module acme { requires dev.pogo; " + directives + " }");
        addModule("acme", all);
    }

    /**
     * Compiles another module, and puts it on the module path.
     *
     * @return the folder of its classes
     */
    public Path addModule(String name, Map<String, String> sources) throws IOException {
        Path classes = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        // The compiler looks at annotations that nothing needs at run time.
        command.addAll(List.of("--module-path", modulePath + SEPARATOR + jar(NullMarked.class)));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = folder.resolve("source").resolve(name).resolve(source.getKey());
            Files.createDirectories(file.getParent());
            command.add(Files.writeString(file, source.getValue()).toString());
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, errors, command.toArray(String[]::new));
        assertEquals(0, status, () -> errors.toString(StandardCharsets.UTF_8));
        modulePath = classes + SEPARATOR + modulePath;
        return classes;
    }

    /** Puts the library that a class is from on the module path, for running only. */
    public void addJar(Class<?> one) {
        modulePath = jar(one) + SEPARATOR + modulePath;
    }

    /** Sets a variable of the environment in which it runs. */
    public void setVariable(String name, String value) {
        environment.put(name, value);
    }

    /**
     * Runs it.
     *
     * @param options the JVM's
     * @param main the class, in the module {@code acme}
     * @param args its arguments
     * @return what it writes to its standard output
     */
    public String run(List<String> options, String main, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("--module-path", modulePath, "--module", "acme/" + main));
        command.addAll(List.of(args));
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the child JVM does not end");
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    /**
     * Links it into a Java of its own.
     *
     * @return the folder of that Java
     */
    public Path link() {
        Path image = folder.resolve("image");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream messages = new PrintStream(out, true, StandardCharsets.UTF_8);
        int status =
                java.util.spi.ToolProvider.findFirst("jlink")
                        .orElseThrow()
                        .run(
                                messages,
                                messages,
                                "--module-path",
                                modulePath,
                                "--add-modules",
                                "acme",
                                "--output",
                                image.toString());
        assertEquals(0, status, () -> out.toString(StandardCharsets.UTF_8));
        return image;
    }

    private static String needed() {
        return Stream.of(
                        Pogo.class,
                        Logger.class,
                        ObjectMapper.class,
                        JsonFactory.class,
                        JsonProperty.class)
                .map(ModuleProgram::jar)
                .collect(Collectors.joining(SEPARATOR));
    }

    /** Where a class was loaded from. */
    private static String jar(Class<?> one) {
        try {
            return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
