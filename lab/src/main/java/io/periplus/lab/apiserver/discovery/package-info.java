/** What the server tells about itself: groups, resources, OpenAPI documents, version, health. */
@NullMarked
package io.periplus.lab.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
