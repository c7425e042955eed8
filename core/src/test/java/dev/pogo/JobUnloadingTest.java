package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;

/** What Pogo remembers of a job class does not hold on to its loader. */
class JobUnloadingTest {
    /** Loads the tests' jobs and records again, as an application that is deployed anew would. */
    private static final class Application extends ClassLoader {
        Application() {
            super(JobUnloadingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.pogo.Jobs")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

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
        Application application = new Application();
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
