package dev.pogo.engine;

import dev.pogo.InvalidPayloadException;
import dev.pogo.Job;
import dev.pogo.json.JsonBinding;
import dev.pogo.json.NotJsonException;
import dev.pogo.json.Snapshot;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * A job's class: how to create and call an instance, and the types of its args and result. This
 * information is stored with the class itself, so that it is unloaded with it and its loader.
 */
public final class JobClass {
    private static final ClassValue<JobClass> KNOWN =
            new ClassValue<>() {
                @Override
                protected JobClass computeValue(Class<?> type) {
                    return new JobClass(type);
                }
            };

    private final String name;
    private final JsonBinding binding = new JsonBinding();
    private final JsonBinding.Target result;

    /** Null if the class cannot be a job. */
    private final @Nullable Handler handler;

    /** Reason that the class cannot be a job; empty if it can. */
    private final String problem;

    /** The members that run the job; the method is null if the class implements {@link Job}. */
    private record Handler(
            Constructor<?> constructor, @Nullable Method method, JsonBinding.Target args) {}

    private JobClass(Class<?> type) {
        name = type.getName();
        Handler found = null;
        String wrong = "";
        JsonBinding.Target gives = binding.plain();
        try {
            found = inspect(type);
            if (found.method() == null) {
                gives = binding.parameter(type, Job.class, 1);
            }
        } catch (JobException e) {
            wrong = String.valueOf(e.getMessage());
        } catch (LinkageError e) {
            wrong = "cannot be linked: " + e;
        }
        handler = found;
        problem = wrong;
        result = gives;
    }

    static JobClass of(Class<?> type) {
        return KNOWN.get(type);
    }

    /** Loads a class without initialising it. The caller must know that this is allowed. */
    public static JobClass named(String name, @Nullable ClassLoader loader) throws JobException {
        try {
            return of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            throw new JobException(
                    "job class \"%s\" cannot be loaded by %s: %s; check its spelling (a nested class"
                                    .formatted(name, loader, e)
                            + " has a $ in its name) and the class path",
                    e);
        }
    }

    private Handler inspect(Class<?> type) throws JobException {
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw new JobException("is abstract; use a concrete class", null);
        }
        Constructor<?> constructor = constructor(type);
        if (Job.class.isAssignableFrom(type)) {
            return new Handler(constructor, null, binding.parameter(type, Job.class, 0));
        }
        Method method = handleMethod(type);
        return new Handler(
                constructor, method, binding.target(method.getGenericParameterTypes()[0]));
    }

    private static Constructor<?> constructor(Class<?> type) throws JobException {
        try {
            return accessible(type.getConstructor());
        } catch (NoSuchMethodException e) {
            boolean inner = type.isMemberClass() && !Modifier.isStatic(type.getModifiers());
            throw new JobException(
                    "has no public constructor without parameters; "
                            + (inner ? "make the class static" : "add one"),
                    e);
        }
    }

    private static Method handleMethod(Class<?> type) throws JobException {
        List<Method> candidates = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (method.getName().equals("handle")
                    && method.getParameterCount() == 1
                    && !method.isBridge()
                    && !Modifier.isStatic(method.getModifiers())) {
                candidates.add(method);
            }
        }
        if (candidates.size() != 1) {
            throw new JobException(
                    "has to implement dev.pogo.Job or to have one public method named handle with"
                            + " one parameter, but has "
                            + (candidates.isEmpty() ? "none" : candidates),
                    null);
        }
        return accessible(candidates.get(0));
    }

    private static <T extends AccessibleObject> T accessible(T member) throws JobException {
        if (!member.trySetAccessible()) {
            throw new JobException(
                    "is not accessible to Pogo; make it public, and export its package to the"
                            + " module dev.pogo",
                    null);
        }
        return member;
    }

    String name() {
        return name;
    }

    public JsonBinding binding() {
        return binding;
    }

    JsonBinding.Target result() {
        return result;
    }

    /**
     * Runs the job in this process.
     *
     * @return the job's result, not yet a snapshot
     */
    public @Nullable Object run(Snapshot given) throws Exception {
        if (handler == null) {
            throw new JobException("job class " + name + " " + problem, null);
        }
        Object value;
        try {
            value = handler.args().read(given);
        } catch (NotJsonException e) {
            throw new InvalidPayloadException("args of job " + name, e.path(), e.problem(), e);
        }
        try {
            Object job = handler.constructor().newInstance();
            Method method = handler.method();
            return method == null ? handle(job, value) : method.invoke(job, value);
        } catch (InvocationTargetException e) {
            // Thrown by the job itself, possibly in its constructor.
            throw JobClass.<RuntimeException>unchecked(e.getTargetException());
        }
    }

    /** Throws the throwable as it is, even if it is neither an exception nor an error. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // nothing is cast
    private static <E extends Throwable> RuntimeException unchecked(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @SuppressWarnings("unchecked") // the args were read as the type that the class names
    private static @Nullable Object handle(Object job, @Nullable Object args) throws Exception {
        return ((Job<@Nullable Object, @Nullable Object>) job).handle(args);
    }
}
