/**
 * {@code periplus policy test}: judges cases without a cluster, for a user's CI. The objects go through the model of the control
 * plane, and what it would send to the proxies goes through their engine; nothing here knows what a policy means.
 */
@NullMarked
package io.periplus.policytest;

import org.jspecify.annotations.NullMarked;
