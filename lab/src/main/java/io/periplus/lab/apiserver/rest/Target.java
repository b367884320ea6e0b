package io.periplus.lab.apiserver.rest;

import io.periplus.lab.store.ResourceType;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Version;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about.
 *
 * @param type in the version of the request
 * @param namespace null for cluster-scoped types and for all namespaces
 * @param name empty for the collection
 */
public record Target(
        Definition definition,
        Version version,
        ResourceType type,
        @Nullable String namespace,
        String name) {}
