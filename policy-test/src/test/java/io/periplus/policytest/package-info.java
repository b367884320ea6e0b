/** Tests of the judge: whole files in, results out. */
@org.jspecify.annotations.NullMarked
package io.periplus.policytest;
