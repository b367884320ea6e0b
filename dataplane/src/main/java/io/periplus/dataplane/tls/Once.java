package io.periplus.dataplane.tls;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value made when first asked for, once. A factory that throws is asked again the next time. */
final class Once<T> implements Supplier<T> {
    private final ReentrantLock making = new ReentrantLock();
    private final Supplier<T> factory;
    private volatile @Nullable T value;

    Once(Supplier<T> factory) {
        this.factory = factory;
    }

    @Override
    public T get() {
        T known = value;
        if (known != null) {
            return known;
        }
        making.lock();
        try {
            T made = value;
            if (made == null) {
                made = factory.get();
                value = made;
            }
            return made;
        } finally {
            making.unlock();
        }
    }
}
