/** Changes to objects that clients describe: JSON patch, merge patch, strategic merge patch, server-side apply. */
@NullMarked
package io.periplus.lab.apiserver.patch;

import org.jspecify.annotations.NullMarked;
