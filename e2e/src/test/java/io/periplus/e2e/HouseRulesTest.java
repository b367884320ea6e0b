package io.periplus.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A part uses only the parts below it; the lab stands apart. */
class HouseRulesTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.periplus");

    @Test
    void aPartUsesOnlyThePartsBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("distribution")
                .definedBy("io.periplus.distribution..")
                .layer("cli")
                .definedBy("io.periplus.cli..")
                .layer("policy test")
                .definedBy("io.periplus.policytest..")
                .layer("control plane")
                .definedBy("io.periplus.controlplane..")
                .layer("ztunnel")
                .definedBy("io.periplus.ztunnel..")
                .layer("waypoint")
                .definedBy("io.periplus.waypoint..")
                .layer("node agent")
                .definedBy("io.periplus.nodeagent..")
                .layer("dataplane")
                .definedBy("io.periplus.dataplane..")
                .layer("model")
                .definedBy("io.periplus.model..")
                .layer("wire")
                .definedBy("io.periplus.wire..")
                .layer("api")
                .definedBy("io.periplus.api..")
                .layer("lab")
                .definedBy("io.periplus.lab..")
                .layer("bench")
                .definedBy(resideInAPackage("io.periplus.bench..")
                        .and(resideOutsideOfPackage("io.periplus.bench.micro..")))
                .layer("microbenchmarks")
                .definedBy("io.periplus.bench.micro..")
                .layer("linux")
                .definedBy("io.periplus.linux..")
                .whereLayer("distribution")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("distribution")
                .whereLayer("policy test")
                .mayOnlyBeAccessedByLayers("distribution")
                .whereLayer("control plane")
                .mayOnlyBeAccessedByLayers("distribution", "policy test")
                .whereLayer("ztunnel")
                .mayOnlyBeAccessedByLayers("distribution")
                .whereLayer("waypoint")
                .mayOnlyBeAccessedByLayers("distribution", "policy test", "microbenchmarks")
                .whereLayer("node agent")
                .mayOnlyBeAccessedByLayers("distribution")
                .whereLayer("lab")
                .mayOnlyBeAccessedByLayers("distribution")
                .whereLayer("bench")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bench")
                .mayOnlyAccessLayers("linux", "wire")
                .whereLayer("microbenchmarks")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("microbenchmarks")
                .mayOnlyAccessLayers("dataplane", "waypoint", "wire", "api")
                .whereLayer("dataplane")
                .mayOnlyBeAccessedByLayers("ztunnel", "waypoint", "policy test", "microbenchmarks")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("control plane", "policy test")
                .whereLayer("linux")
                .mayOnlyBeAccessedByLayers("dataplane", "ztunnel", "waypoint", "node agent", "lab", "bench")
                .whereLayer("lab")
                .mayOnlyAccessLayers("linux")
                .whereLayer("api")
                .mayNotAccessAnyLayer()
                .whereLayer("wire")
                .mayNotAccessAnyLayer()
                .whereLayer("linux")
                .mayNotAccessAnyLayer()
                .check(HOUSE);
    }

    @Test
    void partsDoNotDependOnEachOtherInACircle() {
        slices().matching("io.periplus.(*)..").should().beFreeOfCycles().check(HOUSE);
    }
}
