/** Installing the mesh: CRDs and manifests from {@code charts/}, the certificate authority, waiting until all is ready. */
@NullMarked
package io.periplus.cli.install;

import org.jspecify.annotations.NullMarked;
