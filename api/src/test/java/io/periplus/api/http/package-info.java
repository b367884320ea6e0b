@NullMarked
package io.periplus.api.http;

import org.jspecify.annotations.NullMarked;
