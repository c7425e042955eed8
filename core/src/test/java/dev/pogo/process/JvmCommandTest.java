package dev.pogo.process;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pogo.Messages;
import dev.pogo.PoolConfig;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** When a JVM like this one cannot be had. */
class JvmCommandTest {
    @Test
    void start_pogoLoadedByALoaderOfItsOwn_isRefused() throws Exception {
        List<URL> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place).toUri().toURL());
        }
        try (URLClassLoader container =
                new URLClassLoader(
                        "container",
                        places.toArray(URL[]::new),
                        ClassLoader.getPlatformClassLoader())) {
            Class<?> workers = container.loadClass(ProcessWorkers.class.getName());
            Class<?> pool = container.loadClass(PoolConfig.class.getName());
            Object named = pool.getMethod("named", String.class).invoke(null, "far");
            Object jvm = workers.getMethod("jvm").invoke(null);
            Throwable e =
                    assertThrows(
                                    InvocationTargetException.class,
                                    () -> workers.getMethod("start", pool).invoke(jvm, named))
                            .getTargetException();
            Messages.assertContains(
                    "needs Pogo on this JVM's class path or module path, but it was loaded by"
                            + " java.net.URLClassLoader",
                    e);
        }
    }
}
