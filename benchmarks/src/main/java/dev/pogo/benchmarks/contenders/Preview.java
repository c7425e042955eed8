package dev.pogo.benchmarks.contenders;

/** Finds what a newer JDK has compiled, against an API that is not final. */
final class Preview {
    private Preview() {}

    static <T> T make(String className, Class<T> type) {
        try {
            return Class.forName(Preview.class.getPackageName() + "." + className)
                    .asSubclass(type)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalStateException(
                    className
                            + " can be had only if a JDK 25 has built this, runs it, and is told"
                            + " --enable-preview",
                    e);
        }
    }
}
