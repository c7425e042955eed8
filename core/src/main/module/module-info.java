/**
 * Request-scoped fan-out on virtual threads: tasks in named, bounded pools, awaited under
 * deadlines, in a block that leaves nothing running.
 */
@SuppressWarnings("requires-automatic") // Micrometer, which nobody needs in order to link this
module dev.pogo {
    requires com.fasterxml.jackson.databind;
    requires org.slf4j;
    requires static com.google.errorprone.annotations;
    requires static transitive org.jspecify;
    requires java.xml;
    requires static jdk.jfr;
    requires static context.propagation;
    requires static micrometer.core;

    exports dev.pogo;
    exports dev.pogo.channel;
    exports dev.pogo.micrometer;
    exports dev.pogo.process;
    exports dev.pogo.report;
    exports dev.pogo.spi;

    uses dev.pogo.spi.PoolDirectiveReader;
    uses dev.pogo.spi.SectionReader;
    uses dev.pogo.spi.WorkerReader;

    provides dev.pogo.spi.WorkerReader with
            dev.pogo.process.ProcessWorkerReader;
}
