/** Expressions of users in the Common Expression Language: what they may ask about a request, and how they are compiled. */
@NullMarked
package io.periplus.api.cel;

import org.jspecify.annotations.NullMarked;
