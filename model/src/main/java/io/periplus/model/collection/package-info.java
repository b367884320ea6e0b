/**
 * Derivations: collections of values keyed by name, and functions from one to the next.
 *
 * <p>A {@link io.periplus.model.collection.Graph} owns the collections. Its {@link io.periplus.model.collection.Source}s
 * are written from outside; a {@link io.periplus.model.collection.Derived} collection applies a function to each entry of
 * its primary collection, and the function reads whatever else it needs through a
 * {@link io.periplus.model.collection.Fetch}, which writes down what was read. When the graph settles, exactly those
 * entries are recomputed whose primary entry or recorded reads changed, each once, in the order in which the
 * collections were made (a function can only name collections that exist, so that order is topological and no
 * function ever sees a half-updated input).
 *
 * <p>A graph belongs to one thread. Values must be immutable and have value equality: an entry that is recomputed to
 * an equal value changes nothing downstream.
 */
@NullMarked
package io.periplus.model.collection;

import org.jspecify.annotations.NullMarked;
