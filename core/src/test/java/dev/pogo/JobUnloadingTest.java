package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.pogo.engine.Runtimes;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;

/** What Pogo remembers of a job class does not hold on to its loader. */
class JobUnloadingTest {
    @Test
    void jobClass_whoseLoaderIsDropped_isUnloaded() throws Exception {
        PogoRuntime runtime =
                Runtimes.start(PogoConfig.defaults().withJobs(List.of("dev.pogo.Jobs$FetchStock")));
        WeakReference<ClassLoader> loader = useOnce(runtime);
        Eventually.isTrue(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the class is not this test's one of that name
    private static WeakReference<ClassLoader> useOnce(PogoRuntime runtime) throws Exception {
        Application application = new Application("dev.pogo.Jobs");
        Class<?> job = application.loadClass("dev.pogo.Jobs$FetchStock");
        assertNotSame(Jobs.FetchStock.class, job);
        Constructor<?> sku =
                application.loadClass("dev.pogo.Jobs$Sku").getDeclaredConstructor(String.class);
        Object args = sku.newInstance("A-100");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(application);
        try (PogoScope scope = runtime.open()) {
            Object stock = scope.spawn((Class) job, args).await();
            assertEquals(application, stock.getClass().getClassLoader());
            Object byName = scope.spawn("default", job.getName(), args).await();
            assertEquals("A-100", assertInstanceOf(Map.class, byName).get("sku"));
        } finally {
            thread.setContextClassLoader(before);
        }
        return new WeakReference<>(application);
    }
}
