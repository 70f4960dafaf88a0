from django.db import migrations


class Migration(migrations.Migration):
    """What is sealed has no pattern: PostgreSQL need not look for one."""

    dependencies = [
        ('collect', '0004_archive_and_trouble'),
    ]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE collect_batch ALTER COLUMN raw SET STORAGE EXTERNAL',
            'ALTER TABLE collect_batch ALTER COLUMN raw SET STORAGE EXTENDED',
        ),
    ]
