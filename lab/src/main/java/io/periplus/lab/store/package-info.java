/**
 * The objects of one cluster: kept in memory, written through to SQLite, watched. The REST server, the controllers and
 * the nodes of the lab all read and write through {@link io.periplus.lab.store.ObjectStore}.
 */
@NullMarked
package io.periplus.lab.store;

import org.jspecify.annotations.NullMarked;
