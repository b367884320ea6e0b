/** Tests of enrolment, with real network namespaces and rules. */
@org.jspecify.annotations.NullMarked
package io.periplus.nodeagent;
