package dev.pogo;

import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Work that waits in a channel until it is interrupted. The interrupt closes the channel, on the
 * thread that interrupts, and so runs what the test gives.
 */
public final class ForeignChannel extends AbstractInterruptibleChannel implements Callable<Object> {
    private final Callable<?> onClose;

    public ForeignChannel(Callable<?> onClose) {
        this.onClose = onClose;
    }

    @Override
    public Object call() throws IOException {
        boolean completed = false;
        try {
            begin();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
            completed = true;
            return "interrupted";
        } finally {
            end(completed);
        }
    }

    @Override
    protected void implCloseChannel() throws IOException {
        try {
            onClose.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
