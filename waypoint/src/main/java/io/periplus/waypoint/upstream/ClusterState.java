package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.health.Breakers;
import io.periplus.waypoint.upstream.health.OutlierDetector;
import io.periplus.waypoint.upstream.policy.TrafficSettings;

/** What all event loops share about one port of a service, as long as its settings stay the same. */
record ClusterState(TrafficSettings settings, OutlierDetector detector, Breakers breakers) {}
