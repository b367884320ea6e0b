/** Requests and replies: paths, queries, bodies, accepted representations, errors as Status objects. */
@NullMarked
package io.periplus.lab.apiserver.http;

import org.jspecify.annotations.NullMarked;
