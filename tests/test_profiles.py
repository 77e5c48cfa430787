from tests.helpers import X
def test_a(): assert X
