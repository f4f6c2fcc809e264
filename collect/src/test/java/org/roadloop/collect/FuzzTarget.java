package org.roadloop.collect;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;

/** One fuzz test as a target of the fuzzer's own process, see {@link FuzzingTest}. */
public final class FuzzTarget {
    private static MethodHandle test;

    private FuzzTarget() {}

    /** Called by the fuzzer: the class and the method. */
    public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException {
        Class<?> type = Class.forName(arguments[0]);
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Method method = type.getDeclaredMethod(arguments[1], byte[].class);
        method.setAccessible(true);
        test = MethodHandles.lookup().unreflect(method).bindTo(constructor.newInstance());
    }

    /** Called by the fuzzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Throwable {
        test.invoke(input);
    }
}
