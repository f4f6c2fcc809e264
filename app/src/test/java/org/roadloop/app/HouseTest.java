package org.roadloop.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The directions of ARCHITECTURE.md: which module may import which, and no package cycles. */
@Tag("slow")
class HouseTest {
    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("org.roadloop");

    @Test
    void modules_import_only_in_the_drawn_directions() {
        for (ArchRule rule :
                new ArchRule[] {
                    only("core"),
                    only("dataspace", "core"),
                    only("collect", "core"),
                    only("govern", "core"),
                    only("network", "core"),
                    only("compute", "core", "network"),
                    only("apply", "core", "collect.v2x", "collect.mcap", "govern", "compute"),
                }) {
            rule.allowEmptyShould(false).check(HOUSE);
        }
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("org.roadloop.(*.*)..").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void packages_are_nouns_of_the_field() {
        classes()
                .should()
                .resideOutsideOfPackages(
                        "..util..",
                        "..common..",
                        "..manager..",
                        "..impl..",
                        "..service..",
                        "..dto..")
                .check(HOUSE);
    }

    /** A module may use itself, the rooms named, and anything that is not ours. */
    private static ArchRule only(String module, String... rooms) {
        String[] allowed = new String[rooms.length + 1];
        allowed[0] = "org.roadloop." + module + "..";
        for (int i = 0; i < rooms.length; i++) {
            allowed[i + 1] = "org.roadloop." + rooms[i] + "..";
        }
        return classes()
                .that()
                .resideInAPackage("org.roadloop." + module + "..")
                .should()
                .onlyDependOnClassesThat(
                        com.tngtech.archunit.base.DescribedPredicate
                                .<com.tngtech.archunit.core.domain.JavaClass>not(
                                        com.tngtech.archunit.core.domain.JavaClass.Predicates
                                                .resideInAPackage("org.roadloop.."))
                                .or(
                                        com.tngtech.archunit.core.domain.JavaClass.Predicates
                                                .resideInAnyPackage(allowed)));
    }
}
