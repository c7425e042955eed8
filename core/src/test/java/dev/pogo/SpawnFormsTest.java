package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The ways to write work compile with each overload of spawn, whatever the build. */
class SpawnFormsTest {
    /** How the builds of users call the compiler. */
    enum Build {
        PLAIN,
        MAVEN("-Xlint:all,-classfile,-processing", "-Werror", "-parameters", "-g"),
        GRADLE(
                "-proc:none",
                "-XDuseUnsharedTable=true",
                "-sourcepath",
                "",
                "-g",
                "--release",
                "21");

        private final String options;

        Build(String... options) {
            this.options = String.join("\n", options);
        }
    }

    /** What may come before the work. */
    private static final List<String> BEFORE = List.of("", "\"default\", ", "SPEC, ");

    /** Work with the type of its task. */
    private static final List<String[]> FORMS =
            List.of(
                    new String[] {"Task<Void>", "() -> {}"},
                    new String[] {"Task<Void>", "() -> nothing()"},
                    new String[] {"Task<Void>", "() -> { nothing(); }"},
                    new String[] {"Task<Void>", "() -> { if (value() > 1) { return; } }"},
                    new String[] {"Task<Integer>", "() -> value()"},
                    new String[] {"Task<Integer>", "() -> { return value(); }"},
                    new String[] {"Task<Object>", "() -> { throw new Exception(); }"},
                    new String[] {"Task<String>", "() -> { throw new Exception(); }"},
                    new String[] {"Task<Object>", "() -> { while (true) {} }"},
                    new String[] {"Task<Integer>", "this::value"},
                    new String[] {"Task<Void>", "this::nothing"},
                    new String[] {"Task<Integer>", "Program::staticValue"},
                    new String[] {"Task<Void>", "Program::staticNothing"},
                    new String[] {"Task<Integer>", "bound::get"},
                    new String[] {"Task<Void>", "bound::run"},
                    new String[] {"Task<Integer>", "bound::compareToNothing"},
                    new String[] {"Task<Void>", "runnable::run"},
                    new String[] {"Task<String>", "supplier::get"},
                    new String[] {"Task<String>", "callable"},
                    new String[] {"Task<Void>", "action"},
                    new String[] {"Task<Program>", "Program::new"},
                    new String[] {"Task<List<String>>", "() -> List.of(\"a\")"},
                    new String[] {"Task<List<String>>", "() -> new ArrayList<>()"},
                    new String[] {"Task<Map<String, List<Integer>>>", "() -> Map.of()"},
                    new String[] {"Task<Number>", "() -> 1"},
                    new String[] {"Task<Integer>", "() -> value() > 1 ? 1 : null"},
                    new String[] {"Task<Optional<String>>", "() -> Optional.empty()"},
                    new String[] {"var", "() -> value()"},
                    new String[] {"var", "() -> {}"},
                    new String[] {"var", "this::value"},
                    new String[] {"var", "this::nothing"});

    private static final String IMPORTS =
            """
            import dev.pogo.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.function.*;
            """;

    private static final String PROGRAM =
            IMPORTS
                    + """
                    class Base implements Supplier<Integer> {
                        @Override public Integer get() { return 1; }
                    }
                    class Bound extends Base implements Runnable, Comparable<Bound> {
                        @Override public Integer get() { return 2; }
                        @Override public void run() {}
                        @Override public int compareTo(Bound other) { return 0; }
                        int compareToNothing() { return compareTo(new Bound()); }
                    }
                    class Program {
                        static final TaskSpec SPEC = TaskSpec.in("default").named("form");
                        final Bound bound = new Bound();
                        final Runnable runnable = () -> {};
                        final Supplier<String> supplier = () -> "a";
                        final Callable<String> callable = () -> "a";
                        final Action action = () -> {};
                        int value() { return 1; }
                        void nothing() throws Exception {}
                        static int staticValue() { return 1; }
                        static void staticNothing() {}
                        int overloaded() { return 1; }
                        int overloaded(int other) { return other; }
                        void run(PogoScope scope) throws Exception {
                            %s
                        }
                    }
                    """;

    private static final String AMBIGUOUS = "compiler.err.ref.ambiguous";

    @TempDir private Path folder;

    private static String program() {
        StringBuilder statements = new StringBuilder();
        int count = 0;
        for (String[] form : FORMS) {
            for (String before : BEFORE) {
                statements.append(
                        "%s t%d = scope.spawn(%s%s); t%d.done();\n"
                                .formatted(form[0], count, before, form[1], count));
                if (!form[0].equals("var")) {
                    statements.append("scope.spawn(%s%s);\n".formatted(before, form[1]));
                }
                count++;
            }
        }
        return PROGRAM.formatted(statements);
    }

    @ParameterizedTest
    @EnumSource
    void forms_all_compile(Build build) throws IOException {
        assertEquals(List.of(), errors(program(), build, classPath(true)));
    }

    @ParameterizedTest
    @EnumSource
    void forms_withoutAnnotationsOnTheClassPath_compile(Build build) throws IOException {
        String without = classPath(false);
        assertTrue(!without.contains("jspecify") && !without.contains("error_prone"), without);
        assertEquals(List.of(), errors(program(), build, without));
    }

    /** What the Javadoc of spawn says of method references. */
    @Test
    void form_referenceToAnOverloadedMethod_isAmbiguousAndALambdaIsNot() throws IOException {
        for (String before : BEFORE) {
            String reference = "scope.spawn(" + before + "this::overloaded);";
            List<String> errors =
                    errors(PROGRAM.formatted(reference), Build.PLAIN, classPath(true));
            assertEquals(List.of(AMBIGUOUS), errors);
            String lambda = "Task<Integer> t = scope.spawn(" + before + "() -> overloaded());";
            assertEquals(
                    List.of(), errors(PROGRAM.formatted(lambda), Build.PLAIN, classPath(true)));
        }
    }

    @Test
    void forms_inJShell_runWithAndWithoutAnnotations() {
        for (boolean annotated : List.of(true, false)) {
            List<String> problems = new ArrayList<>();
            try (JShell shell =
                    JShell.builder()
                            .executionEngine("local")
                            .compilerOptions("-classpath", classPath(annotated))
                            .build()) {
                IMPORTS.lines().forEach(line -> eval(shell, line, problems));
                eval(shell, "TaskSpec SPEC = TaskSpec.in(\"default\");", problems);
                eval(shell, "int value() { return 1; }", problems);
                eval(shell, "void nothing() throws Exception {}", problems);
                // Declared only: each snippet that runs would do so in another thread.
                eval(shell, "PogoScope scope;", problems);
                for (String before : BEFORE) {
                    for (String work :
                            List.of(
                                    "() -> {}",
                                    "() -> nothing()",
                                    "() -> value()",
                                    "() -> { throw new Exception(); }",
                                    "Object::new")) {
                        String spawn = "scope.spawn(" + before + work + ")";
                        eval(shell, "if (scope != null) { " + spawn + "; }", problems);
                        assertExpression(shell, spawn, problems);
                    }
                }
                eval(
                        shell,
                        """
                        try (var scope = Pogo.open()) {
                            var one = scope.spawn(SPEC, () -> value());
                            var nothing = scope.spawn(SPEC, () -> nothing());
                            scope.awaitAll();
                            if (one.result() != 1 || nothing.result() != null) {
                                throw new AssertionError(one + " " + nothing);
                            }
                        }
                        """,
                        problems);
            }
            assertEquals(List.of(), problems, "annotations: " + annotated);
        }
    }

    /** An expression gets a variable of its type, even if there is no object to call. */
    private static void assertExpression(JShell shell, String text, List<String> problems) {
        for (SnippetEvent event : shell.eval(text)) {
            boolean called =
                    event.exception() instanceof EvalException thrown
                            && thrown.getExceptionClassName().contains("NullPointerException");
            if (event.status() != Snippet.Status.VALID || !called) {
                problems.add(text + ": " + event.status() + " " + event.exception());
            }
        }
    }

    private static void eval(JShell shell, String text, List<String> problems) {
        for (SnippetEvent event : shell.eval(text)) {
            if (event.status() != Snippet.Status.VALID || event.exception() != null) {
                problems.add(
                        text
                                + ": "
                                + event.status()
                                + " "
                                + event.exception()
                                + shell.diagnostics(event.snippet())
                                        .map(error -> error.getMessage(null))
                                        .collect(Collectors.joining("; ", " ", "")));
            }
        }
    }

    private static String classPath(boolean annotated) {
        Stream<String> entries =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
        return entries.filter(entry ->
                        annotated
                                || !(entry.contains("jspecify")
                                        || entry.contains("error_prone_annotations")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns the codes of what the compiler complains about, warnings included if they fail. */
    private List<String> errors(String text, Build build, String classPath) throws IOException {
        List<String> options =
                new ArrayList<>(
                        build.options.isEmpty()
                                ? List.of()
                                : List.of(build.options.split("\n", -1)));
        options.addAll(List.of("-d", folder.toString(), "-classpath", classPath));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileObject source =
                new SimpleJavaFileObject(
                        URI.create("string:///Program.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(null, files, found, options, null, List.of(source)).call();
            if (compiled) {
                return List.of();
            }
            return found.getDiagnostics().stream()
                    .filter(each -> each.getKind() != Diagnostic.Kind.NOTE)
                    .map(each -> each.getCode().equals(AMBIGUOUS) ? AMBIGUOUS : describe(each))
                    .toList();
        }
    }

    private static String describe(Diagnostic<?> each) {
        return each.getLineNumber() + ": " + each.getMessage(null);
    }
}
