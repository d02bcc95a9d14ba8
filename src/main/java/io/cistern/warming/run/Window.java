package io.cistern.warming.run;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;

/** So many steps under way at once. Their failures are their own affair. */
final class Window {

    private final int size;
    private final Semaphore places;

    Window(int size) {
        this.size = size;
        this.places = new Semaphore(size);
    }

    /** Waits for a place. */
    void enter() throws InterruptedException {
        enter(size);
    }

    /**
     * Waits for a place.
     *
     * @param atMost how many steps may be under way with it, from 1
     */
    void enter(int atMost) throws InterruptedException {
        var kept = size - Math.min(size, atMost);
        places.acquire(1 + kept);
        places.release(kept);
    }

    /** How many places are taken. */
    int used() {
        return size - places.availablePermits();
    }

    /** Gives the place back once a step has ended. */
    void leaveAfter(CompletionStage<?> step) {
        step.whenComplete((done, error) -> places.release());
    }

    /** Waits until nothing is under way. */
    void awaitEmpty() throws InterruptedException {
        places.acquire(size);
        places.release(size);
    }
}
