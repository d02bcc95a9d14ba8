package io.cistern;

/** Starts Cistern. */
public final class Cistern {
    private Cistern() {}

    public static void main(String[] args) {}
}
