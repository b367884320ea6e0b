package io.periplus.api.why;

/** A field of a request's head. */
public record HeaderField(String name, String value) {}
