import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Compiles what uses the preview API of one Java release, if that is the one that runs this;
 * elsewhere the benchmarks do without. A profile cannot tell: it sees the Java that runs Maven, not
 * the one that the build has chosen.
 */
final class CompilePreview {
    private static final int RELEASE = 25;

    private CompilePreview() {}

    public static void main(String[] args) throws IOException {
        int running = Runtime.version().feature();
        if (running != RELEASE) {
            System.out.printf("%s is left out on Java %d%n", args[0], running);
            return;
        }
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "--release",
                                Integer.toString(RELEASE),
                                "--enable-preview",
                                "-Xlint:all,-preview,-classfile",
                                "-Werror",
                                "-proc:none",
                                "-classpath",
                                System.getProperty("java.class.path"),
                                "-d",
                                args[1]));
        try (Stream<Path> sources = Files.walk(Path.of(args[0]))) {
            sources.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .forEach(options::add);
        }
        int status =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(System.out, System.err, options.toArray(String[]::new));
        System.exit(status);
    }
}
