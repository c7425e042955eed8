package dev.pogo.samples;

import dev.pogo.InvalidConfigException;
import dev.pogo.Pogo;
import dev.pogo.UnknownPoolException;
import dev.pogo.samples.cluster.ClusterCommand;
import dev.pogo.samples.cluster.HostCommand;
import dev.pogo.samples.load.LoadCommand;
import dev.pogo.samples.queue.QueueCommand;
import dev.pogo.samples.serve.ServeCommand;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

import java.io.PrintWriter;
import java.time.Duration;

/** The program: exit status 0 if all went well, 1 if a task failed, 2 if it was called wrongly. */
@Command(
        name = "samples",
        description = "Shows Pogo at work.",
        subcommands = {
            FanoutCommand.class,
            FetchCommand.class,
            PipelineCommand.class,
            IsolateCommand.class,
            ServeCommand.class,
            LoadCommand.class,
            HostCommand.class,
            ClusterCommand.class,
            QueueCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
public final class Main {
    private Main() {}

    /**
     * Runs the program and exits with its status.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        System.exit(run(out, err, args));
    }

    /**
     * Runs the program.
     *
     * @param out where its results go
     * @param err where its complaints go
     * @param args the command line
     * @return the exit status
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        CommandLine program = new CommandLine(new Main()).setOut(out).setErr(err);
        program.registerConverter(Duration.class, Main::duration);
        program.setParameterExceptionHandler(
                (e, arguments) -> wrongCall(err, e.getCommandLine(), e.getMessage()));
        program.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof InvalidConfigException || e instanceof UnknownPoolException) {
                return wrongCall(err, command, e.getMessage());
            }
            throw e;
        });
        if (args.length == 0) {
            return wrongCall(
                    err,
                    program,
                    "name a sample: fanout, fetch, pipeline, isolate, serve, load, host,"
                            + " cluster or queue");
        }
        return program.execute(args);
    }

    private static int wrongCall(PrintWriter err, CommandLine command, @Nullable String message) {
        err.println(
                command.getCommandSpec().qualifiedName()
                        + ": "
                        + String.valueOf(message).lines().findFirst().orElse(""));
        return CommandLine.ExitCode.USAGE;
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Pogo " + Pogo.version()};
        }
    }
}
