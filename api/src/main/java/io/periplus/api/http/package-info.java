/** What routes may write into HTTP messages and match them by: one judgement for the control plane and the proxies. */
@NullMarked
package io.periplus.api.http;

import org.jspecify.annotations.NullMarked;
