package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.channel.Channel;
import dev.pogo.channel.Select;
import dev.pogo.channel.Selectable;
import dev.pogo.channel.WaitGroup;
import dev.pogo.engine.Inert;
import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Every public method refuses null, with the parameter's name. */
@SuppressWarnings("NullAway") // nulls are what this is about
class NullTest {
    private static final Map<Class<?>, Object> GOOD =
            Map.ofEntries(
                    Map.entry(String.class, "default"),
                    Map.entry(Duration.class, Duration.ofSeconds(1)),
                    Map.entry(Object.class, "anything"),
                    Map.entry(Channel.class, Channel.buffered(1)),
                    Map.entry(Action.class, (Action) () -> {}),
                    Map.entry(Mapper.class, (Mapper<Object, Object>) item -> item),
                    Map.entry(TaskSpec.class, TaskSpec.in("default").named("a")),
                    Map.entry(Callable.class, (Callable<Object>) () -> 1),
                    Map.entry(Collection.class, List.of()),
                    Map.entry(Class.class, Jobs.Echo.class),
                    Map.entry(Selectable.class, new Inert(1).submitted()),
                    Map.entry(long.class, 1L),
                    Map.entry(int.class, 1),
                    Map.entry(ThreadKind.class, ThreadKind.VIRTUAL),
                    Map.entry(PoolConfig.class, PoolConfig.named("default")));

    @Test
    void publicMethods_givenNull_nameTheParameter() throws ReflectiveOperationException {
        PogoRuntime runtime = Runtimes.ofSize(1);
        int checked = 0;
        try (PogoScope scope = runtime.open()) {
            Task<Integer> task = scope.spawn(() -> 1);
            for (Object target :
                    List.of(
                            Pogo.class,
                            PogoRuntime.class,
                            runtime,
                            scope,
                            task,
                            scope.completions(List.of(task)),
                            PoolConfig.class,
                            PoolConfig.named("a"),
                            TaskSpec.class,
                            TaskSpec.in("default"),
                            PogoConfig.class,
                            PogoConfig.defaults(),
                            WorkerRequest.class,
                            WorkerResponse.class,
                            Channel.class,
                            Channel.rendezvous(),
                            Select.class,
                            Select.from("key", task),
                            new WaitGroup())) {
                checked += check(target);
            }
        }
        assertTrue(checked >= 50, () -> "too few to be all");
    }

    private static int check(Object target) throws ReflectiveOperationException {
        boolean onlyStatic = target instanceof Class;
        Class<?> type = onlyStatic ? (Class<?>) target : publicType(target.getClass());
        int checked = 0;
        for (Method method : type.getDeclaredMethods()) {
            if (!Modifier.isPublic(method.getModifiers())
                    || Modifier.isStatic(method.getModifiers()) != onlyStatic
                    || method.getName().equals("equals")
                    || method.isSynthetic()) {
                continue;
            }
            for (int i = 0; i < method.getParameterCount(); i++) {
                if (!method.getParameterTypes()[i].isPrimitive() && !mayBeNull(method, i)) {
                    checkParameter(onlyStatic ? null : target, method, i);
                    checked++;
                }
            }
        }
        return checked;
    }

    /** Returns the interface by which users know an object of the engine. */
    private static Class<?> publicType(Class<?> type) {
        for (Class<?> implemented : type.getInterfaces()) {
            if (implemented.getPackageName().equals("dev.pogo")) {
                return implemented;
            }
        }
        return type;
    }

    private static boolean mayBeNull(Method method, int index) {
        AnnotatedType type = method.getAnnotatedParameterTypes()[index];
        return type.isAnnotationPresent(Nullable.class)
                || (type.getType() instanceof TypeVariable<?> variable
                        && variable.getAnnotatedBounds()[0].isAnnotationPresent(Nullable.class));
    }

    private static void checkParameter(Object target, Method method, int index)
            throws ReflectiveOperationException {
        Object[] args = goodArgs(method);
        args[index] = null;
        Parameter parameter = method.getParameters()[index];
        assertTrue(parameter.isNamePresent(), "compile with -parameters");
        try {
            method.invoke(target, args);
            assertNotNull(null, () -> method + " accepts null for " + parameter.getName());
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            assertInstanceOf(NullPointerException.class, thrown, method::toString);
            assertEquals(parameter.getName(), thrown.getMessage(), method::toString);
        }
    }

    private static Object[] goodArgs(Executable method) {
        Object[] args = new Object[method.getParameterCount()];
        for (int i = 0; i < args.length; i++) {
            args[i] = GOOD.get(method.getParameterTypes()[i]);
        }
        return args;
    }
}
