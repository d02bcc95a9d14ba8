package io.cistern;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.concurrent.CompletableFuture;

/** The layout of the code: what may know what. */
@AnalyzeClasses(packages = "io.cistern", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theEngineIsFreeOfFrameworks =
            noClasses()
                    .that()
                    .resideInAPackage("io.cistern.cache..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.camel..",
                            "org.springframework..",
                            "io.netty..",
                            "io.lettuce..",
                            "io.vertx..");

    @ArchTest
    static final ArchRule theEngineStandsOnTheJdkAlone =
            classes()
                    .that()
                    .resideInAPackage("io.cistern.cache..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.cistern.cache..", "java..");

    @ArchTest
    static final ArchRule theEngineReadsNoWallClock =
            noClasses()
                    .that()
                    .resideInAPackage("io.cistern.cache..")
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .callMethod(LocalDateTime.class, "now")
                    .orShould()
                    .callMethod(OffsetDateTime.class, "now")
                    .orShould()
                    .callMethod(ZonedDateTime.class, "now")
                    .orShould()
                    .callConstructor(Date.class)
                    .orShould()
                    .dependOnClassesThat()
                    .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule theEngineBlocksNobody =
            noClasses()
                    .that()
                    .resideInAPackage("io.cistern.cache..")
                    .should()
                    .callMethod(CompletableFuture.class, "join")
                    .orShould()
                    .callMethod(CompletableFuture.class, "get")
                    .orShould()
                    .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("io.cistern.(**)").should().beFreeOfCycles();

    @ArchTest static final ArchRule nobodyPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule nobodyLogsPastSlf4j =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");
}
