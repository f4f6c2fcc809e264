package org.roadloop.compute.site;

/**
 * How fast this machine computes in double precision (双精度实测速率), measured once in the background by
 * one thread, times its processors. A lower limit: the loop is what the JIT makes of Java, not a
 * tuned kernel.
 */
final class FloatingPointRate {
    private static final int VALUES = 4096;
    private static final long NANOS = 40_000_000;
    private static volatile double gigaFlops;

    static {
        Thread.ofPlatform()
                .daemon()
                .name("flops")
                .start(() -> gigaFlops = measured() * Runtime.getRuntime().availableProcessors());
    }

    private FloatingPointRate() {}

    /** 10⁹ multiplications and additions a second of all processors; 0 until it is measured. */
    static double fp64GigaFlops() {
        return gigaFlops;
    }

    /** Best of the rounds of a = a·b + c over an array that fits the first cache. */
    private static double measured() {
        double[] a = new double[VALUES];
        double[] b = new double[VALUES];
        java.util.Arrays.fill(a, 1.0);
        java.util.Arrays.fill(b, 0.999_999);
        double best = 0;
        for (int round = 0; round < 5; round++) {
            long began = System.nanoTime();
            long passes = 0;
            while (System.nanoTime() - began < NANOS) {
                for (int pass = 0; pass < 64; pass++) {
                    for (int i = 0; i < VALUES; i++) {
                        a[i] = a[i] * b[i] + 1e-9;
                    }
                }
                passes += 64;
            }
            best = Math.max(best, 2.0 * VALUES * passes / (System.nanoTime() - began));
        }
        return a[VALUES / 2] > 0 ? best : 0;
    }
}
