/**
 * The structure of objects: read from the classes of the Kubernetes model for built-in types, from
 * {@code openAPIV3Schema} for custom ones. One representation serves validation, defaulting, pruning, typed merging and
 * the published OpenAPI documents.
 */
@NullMarked
package io.periplus.lab.store.schema;

import org.jspecify.annotations.NullMarked;
